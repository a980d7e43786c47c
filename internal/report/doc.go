// Package report shows an upgrade to the people who answer for it: from an upgrade.Report it writes one page of HTML that
// needs nothing else, or Markdown. Both say first in one sentence how it went, then what is left to do, then everything
// else. They are written from what the report holds, at the moment that the caller names: an upgrade that still runs,
// holds or has failed is shown as far as it went. All texts of a report are taken for hostile.
package report
