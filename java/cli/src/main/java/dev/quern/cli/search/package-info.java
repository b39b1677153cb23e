/** {@code quern search}: search space, trials, successive halving. */
package dev.quern.cli.search;
