/** Reference implementation of networks, and gradient checks by finite differences. */
@NullMarked
package dev.quern.reference.network;

import org.jspecify.annotations.NullMarked;
