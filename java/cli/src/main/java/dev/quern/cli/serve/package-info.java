/** {@code quern serve}: the models of a server, watched folders, tokens and keys. */
package dev.quern.cli.serve;
