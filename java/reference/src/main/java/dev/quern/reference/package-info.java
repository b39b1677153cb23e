/**
 * Every operator a second time, in plain Java and double precision: slow, plainly readable, and the
 * yardstick that native code is compared with. An operator {@code Stem} has its twin in {@code
 * StemReference}; {@link dev.quern.reference.network.ReferenceNetwork} runs whole networks. Arrays
 * are NCHW, OIHW and {@code [out, in]}. All twins are stateless and safe for any number of threads
 * as long as nobody writes to the arrays meanwhile.
 */
@NullMarked
package dev.quern.reference;

import org.jspecify.annotations.NullMarked;
