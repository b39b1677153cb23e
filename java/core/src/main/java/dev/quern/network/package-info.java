/** Immutable descriptions of networks, and the built-in networks. */
@NullMarked
package dev.quern.network;

import org.jspecify.annotations.NullMarked;
