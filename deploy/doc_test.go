// Package deploy_test proves that docker-compose.yml and the files it uses keep the rules of a topology that runs for
// years: it starts in order, comes back after a restart, keeps its data, and shows nothing to the outside. Every rule is
// a function from the texts to findings, so that spoiled texts prove that it can fail.
package deploy_test
