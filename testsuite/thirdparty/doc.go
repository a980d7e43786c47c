// Package thirdparty proves that the simulated cloud is taken for a real one by clients that were written by others and
// know nothing of it: each suite starts a world and drives one foreign client against it, unchanged. A suite whose
// client is not installed is skipped by name; install.sh installs them.
package thirdparty
