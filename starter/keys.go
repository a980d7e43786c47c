package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/internal/upgrade"
)

// keysCommand groups what makes the archive's keys.
func keysCommand(s *shared) *cobra.Command {
	c := &cobra.Command{Use: "keys new", Short: "Make the keys that the archive is encrypted with", Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(newKeysCommand(s))
	return c
}

// keyPair is what keys new tells of the pair it made. The identity itself stays in its file.
type keyPair struct {
	File      string `json:"file"`
	Recipient string `json:"recipient"`
}

// newKeysCommand makes an age identity in a file of its own.
func newKeysCommand(s *shared) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "new [-o FILE]",
		Short: "Write a new age identity to a file and print its recipient",
		Long: "Write a new age identity to a file and print its recipient.\n\nThe recipient is for VSRX_ARCHIVE_RECIPIENTS; with it the archive encrypts. The file is for VSRX_ARCHIVE_IDENTITY; with it\n" +
			"the archive is read. Keep a copy of the file away from the archive: what is encrypted is lost without it.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			identity, recipient, err := archive.NewIdentity()
			if err != nil {
				return err
			}
			if err := writeNew(path, identity); err != nil {
				return err
			}
			return s.print(cmd.OutOrStdout(), keyPair{File: path, Recipient: recipient}, recipient)
		},
	}
	c.Flags().StringVarP(&path, "output", "o", "archive-identity.txt", "file to write, readable by its owner only")
	return c
}

// writeNew writes a file that only its owner may read, and never over another.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return exists(path)
	}
	if err != nil {
		return upgrade.Errorf(upgrade.Invalid, "writing the output: %w", err).Advise("name a file in a folder that you may write to")
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(path)))
	}
	return nil
}

func exists(path string) error {
	return upgrade.Errorf(upgrade.Refused, "%s exists already and is not overwritten", path).Advise("name another file by -o")
}

// noSuchCommand refuses what a group of commands does not know.
func noSuchCommand(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return upgrade.Errorf(kindUsage, "%q is no command", args[0]).Advise("see --help")
	}
	return nil
}
