// Command soak lets many upgrades run at speed in several pods of one simulated cloud while everything around them
// fails: the cloud and the devices by the simulator's faults, the workers by kill and stop, the Temporal server by
// restarts on its database file, and the person on call by changing their mind. The seed decides what is done to whom in
// which order; times are real. When the time is up nothing new begins, the faults are cleared, every upgrade is brought
// to its end, and then everything is judged: the safety monitor, every pair, every pod, every history. It prints one
// line of JSON and exits 0 only if there is nothing to object to.
package main
