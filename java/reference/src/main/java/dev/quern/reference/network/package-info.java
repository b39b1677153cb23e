/** Whole networks, and gradients checked against differences. */
@NullMarked
package dev.quern.reference.network;

import org.jspecify.annotations.NullMarked;
