/** {@code quern search}: the space of options, trials, successive halving. */
package dev.quern.cli.search;
