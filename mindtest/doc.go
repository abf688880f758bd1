// Package mindtest has what a program that uses package mind is tried with,
// without a network and without a model:
//
//   - [Memory], a mind.Sink in memory;
//   - [Offline], a mind.Generator that makes a dialogue of a worked solution by
//     rule; it is what the example program runs with when no key is set;
//   - a fake chat server, an http.Handler with faults on demand;
//   - conformance tests for implementations of mind's interfaces.
package mindtest
