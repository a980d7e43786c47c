package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdktest "go.temporal.io/sdk/testsuite"

	"vsrx-upgrade/internal/archive"
	"vsrx-upgrade/testsuite/sim"
)

// Server is a Temporal dev server with its web interface.
type Server struct {
	*sdktest.DevServer
	Address string
	UI      string // URL
}

// StartServer starts the dev server on free ports of 127.0.0.1; database is a file that outlives it, or "" for memory.
func (t Tools) StartServer(ctx context.Context, database string, output io.Writer, logger log.Logger) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s, err := sdktest.StartDevServer(ctx, sdktest.DevServerOptions{
		ExistingPath: t.Temporal, DBFilename: database, EnableUI: true, UIPort: strconv.Itoa(port), LogLevel: "error",
		ClientOptions: &client.Options{Logger: logger}, Stdout: output, Stderr: output,
	})
	if err != nil {
		return nil, fmt.Errorf("starting the Temporal dev server: %w", err)
	}
	return &Server{DevServer: s, Address: s.FrontendHostPort(), UI: fmt.Sprintf("http://127.0.0.1:%d", port)}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Stage is one cloud, one namespace and the folder of one installation.
type Stage struct {
	Tools     Tools
	Server    *Server
	Namespace string
	Cloud     *sim.Cloud
	Dir       string // archive and its key, known hosts, logs

	keys      sync.Once
	recipient string
}

// Env is the environment of worker and starter. Secrets travel in it only.
func (s *Stage) Env() []string {
	a := s.Cloud.Access()
	return append(os.Environ(),
		"TEMPORAL_ADDRESS="+s.Server.Address, "TEMPORAL_NAMESPACE="+s.Namespace,
		"VSRX_API_ENDPOINT="+a.API, "VSRX_API_USER="+a.Username, "VSRX_API_KEY="+a.APIKey, "VSRX_API_RATE=200",
		"VSRX_HOST_SSH_PORT="+strconv.Itoa(a.HostSSHPort), "VSRX_DEVICE_SSH_PORT="+strconv.Itoa(a.SSHPort),
		"VSRX_DEVICE_NETCONF_PORT="+strconv.Itoa(a.NetconfPort),
		"VSRX_ARCHIVE=file://"+s.Archive()+"?create_dir=true&no_tmp_dir=true&metadata=skip", "VSRX_KNOWN_HOSTS="+filepath.Join(s.Dir, "known_hosts"),
		"VSRX_ARCHIVE_RECIPIENTS="+s.archiveKey(), "VSRX_ARCHIVE_IDENTITY="+s.Identity(), "VSRX_STOP_TIMEOUT=5s")
}

// Close stops what runs on the stage, a worker first if there is one; the folder stays, for it holds reports and logs.
func (s *Stage) Close(w *Worker) error {
	var errs []error
	if w != nil {
		errs = append(errs, w.Stop())
	}
	if s.Cloud != nil {
		errs = append(errs, s.Cloud.Close())
	}
	if s.Server != nil {
		s.Server.Client().Close()
		errs = append(errs, s.Server.Stop())
	}
	return errors.Join(errs...)
}

// Identity is the file with the key that opens the archive.
func (s *Stage) Identity() string { return filepath.Join(s.Dir, "archive-identity.txt") }

// archiveKey makes the archive's key once and gives its recipient; without one the worker refuses to store, and says so.
func (s *Stage) archiveKey() string {
	s.keys.Do(func() {
		identity, recipient, err := archive.NewIdentity()
		if err == nil && os.WriteFile(s.Identity(), identity, 0o600) == nil {
			s.recipient = recipient
		}
	})
	return s.recipient
}

// Archive is the folder of the archive.
func (s *Stage) Archive() string { return filepath.Join(s.Dir, "archive") }

// Starter prepares a command of the starter.
func (s *Stage) Starter(ctx context.Context, args ...string) *exec.Cmd {
	return s.command(ctx, s.Tools.Starter, args...)
}

// Temporal prepares a command of the temporal CLI.
func (s *Stage) Temporal(ctx context.Context, args ...string) *exec.Cmd {
	return s.command(ctx, s.Tools.Temporal, args...)
}

func (s *Stage) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = s.Env()
	return cmd
}

// Worker is a running worker process.
type Worker struct {
	cmd  *exec.Cmd
	done chan error
}

// StartWorker starts one more worker; its log is appended to worker.log. extra overrides the environment.
func (s *Stage) StartWorker(extra ...string) (*Worker, error) {
	log, err := os.OpenFile(s.WorkerLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the worker's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(s.Tools.Worker)
	cmd.Env = append(s.Env(), extra...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the one who runs the stage
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the worker: %w", err)
	}
	w := &Worker{cmd: cmd, done: make(chan error, 1)}
	go func() { w.done <- cmd.Wait() }()
	return w, nil
}

// PID is the worker's process id.
func (w *Worker) PID() int { return w.cmd.Process.Pid }

// WorkerLog is the file that all workers of the stage write to.
func (s *Stage) WorkerLog() string { return filepath.Join(s.Dir, "worker.log") }

// Kill ends the worker at once, as a crash does.
func (w *Worker) Kill() error {
	err := w.cmd.Process.Kill()
	<-w.done
	return err
}

// Stop lets the worker hand over and end; one that does not end in time is killed and reported.
func (w *Worker) Stop() error {
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		if errors.Is(err, os.ErrProcessDone) {
			return nil
		}
		return fmt.Errorf("stopping the worker: %w", err)
	}
	select {
	case err := <-w.done:
		return err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the worker did not stop within 30 s"), w.Kill())
	}
}
