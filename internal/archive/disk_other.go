//go:build !unix

package archive

import "os"

// lockFile does nothing where there is no flock: there one process at a time may write a folder.
func lockFile(*os.File) error { return nil }
