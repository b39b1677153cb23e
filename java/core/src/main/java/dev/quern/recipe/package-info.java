/** Settings of training that were tried: for a known data set, or from the facts of a new one. */
@NullMarked
package dev.quern.recipe;

import org.jspecify.annotations.NullMarked;
