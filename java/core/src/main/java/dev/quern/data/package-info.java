/**
 * Images in memory, how they become floats, and what is done to them at random in training. Readers
 * of files are in the module quern-io.
 */
@NullMarked
package dev.quern.data;

import org.jspecify.annotations.NullMarked;
