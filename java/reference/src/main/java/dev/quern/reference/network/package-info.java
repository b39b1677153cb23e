/** Reference implementation of networks, and the check of gradients with finite differences. */
@NullMarked
package dev.quern.reference.network;

import org.jspecify.annotations.NullMarked;
