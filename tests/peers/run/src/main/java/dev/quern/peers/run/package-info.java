/** Runs the libraries' programs in turn and prints the table. */
package dev.quern.peers.run;
