/** {@code quern serve}: served models, watched folders, tokens and keys. */
package dev.quern.cli.serve;
