/**
 * Networks as immutable descriptions, layers in order with names and inputs, and the networks that
 * Quern knows by name.
 */
@NullMarked
package dev.quern.network;

import org.jspecify.annotations.NullMarked;
