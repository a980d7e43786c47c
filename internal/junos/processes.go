package junos

import (
	"slices"
	"strconv"
	"strings"
)

// Process is a row of "show system processes".
type Process struct {
	Node    string
	PID     int
	User    string
	CPU     string // as the device prints it
	Command string
}

// ParseProcesses reads the text of "show system processes summary", whose columns differ by release and number of
// processors. Errors are of kind Malformed, or Refused in the words of the device.
func ParseProcesses(raw string) ([]Process, error) {
	o, err := readOutput(raw)
	if err != nil {
		return nil, err
	}
	var processes []Process
	for _, p := range o.byNode() {
		var header []string
		for _, line := range lines(p.text) {
			cells := strings.Fields(line)
			switch {
			case cells[0] == "PID":
				header = cells
			case header != nil:
				process, is := processRow(header, cells)
				if !is {
					return nil, incomplete("the process list", line)
				}
				process.Node = p.node
				processes = append(processes, process)
			}
		}
	}
	if len(processes) == 0 {
		return nil, unrecognised("process")
	}
	return processes, nil
}

// processRow reads the cells under a header; the last column, the command, takes what is left.
func processRow(header, cells []string) (Process, bool) {
	if len(cells) < len(header) {
		return Process{}, false
	}
	cell := func(names ...string) string {
		for _, name := range names {
			if i := slices.Index(header, name); i >= 0 {
				return cells[i]
			}
		}
		return ""
	}
	pid, err := strconv.Atoi(cells[0])
	return Process{PID: pid, User: cell("USERNAME", "USER"), CPU: cell("WCPU", "CPU", "%CPU"), Command: strings.Join(cells[len(header)-1:], " ")}, err == nil
}
