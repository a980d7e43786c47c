// Package configuration reads Junos configurations, whatever form they were saved in, into one tree that can be searched,
// resolved, compared, cut and written again.
//
// A configuration is a tree of words. The path from the root to a leaf is one statement, in the words that
// "show configuration | display set" prints after "set": that is the canonical form of this package. Nothing tells
// containers, keys and values apart, so no schema is needed, and the three forms of Junos give the same tree:
//
//   - set: each line is a path. Lines with deactivate and protect mark the node at the end of theirs.
//   - curly: the words of a statement continue the path of the statements around it; [ a b ] is one path a value. The few
//     statements that Junos prints with several options on one line (an NTP server, an application's term) become one
//     path an option, as display set has them.
//   - XML: an element's name is a word, then follow its keys (<name>), then its text or its children. Elements that the
//     other forms do not write are passed over: <interface> in <interfaces>, <contents> in syslog, <ip-prefix>,
//     <undocumented>; <from-zone-name> and <to-zone-name> stand for "from-zone a to-zone b". Namespaces do not matter.
//
// What a tree of words cannot tell is remembered from the source as a hint for writing (which words stood together) and
// looked up in a small vocabulary (which keywords take a key, which take one value). Comments are kept apart from the
// statements. A configuration saved from a terminal may carry its prompts and banners.
package configuration
