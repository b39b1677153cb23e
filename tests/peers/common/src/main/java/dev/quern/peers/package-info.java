/**
 * What the programs of all compared libraries share: workloads, synthetic data, timing, and the
 * walk through a network's description.
 */
package dev.quern.peers;
