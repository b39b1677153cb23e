/** Optimizers. */
package dev.quern.optim;
