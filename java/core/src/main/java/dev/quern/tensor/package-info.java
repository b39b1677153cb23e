/** Off-heap float32 tensors, and the arenas that own their memory. */
@NullMarked
package dev.quern.tensor;

import org.jspecify.annotations.NullMarked;
