/**
 * Reference implementations of all operators in plain Java and double precision: slow and readable.
 * The tests compare the native code with them. The reference implementation of an operator {@code
 * Stem} is {@code StemReference}; {@link dev.quern.reference.network.ReferenceNetwork} runs whole
 * networks. Images are NCHW, convolution weights OIHW, and linear weights {@code [out, in]}. The
 * methods of operators are stateless, and thread-safe as long as the arrays are not changed
 * concurrently.
 */
@NullMarked
package dev.quern.reference;

import org.jspecify.annotations.NullMarked;
