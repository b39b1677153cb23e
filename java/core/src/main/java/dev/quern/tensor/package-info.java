/** Tensors of single precision off-heap, and the arenas that own their memory. */
package dev.quern.tensor;
