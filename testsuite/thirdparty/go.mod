module vsrx-upgrade/testsuite/thirdparty

go 1.26.0

replace vsrx-upgrade => ../..

require (
	github.com/scrapli/scrapligo v1.4.3
	vsrx-upgrade v0.0.0-00010101000000-000000000000
)

require (
	github.com/creack/pty v1.1.23 // indirect
	github.com/sirikothe/gotextfsm v1.0.1-0.20200816110946-6aa2cfd355e4 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
