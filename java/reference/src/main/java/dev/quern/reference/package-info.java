/**
 * Reference implementations of all operators in plain Java and double precision: slow and readable.
 * Native code is compared with them. The reference of an operator {@code Stem} is {@code
 * StemReference}; {@link dev.quern.reference.network.ReferenceNetwork} runs whole networks. Arrays
 * are NCHW, OIHW and {@code [out, in]}. All of them are stateless, and thread-safe as long as the
 * arrays are not changed concurrently.
 */
@NullMarked
package dev.quern.reference;

import org.jspecify.annotations.NullMarked;
