/** Profiling of a training or prediction step by layer and operator. */
@NullMarked
package dev.quern.profile;

import org.jspecify.annotations.NullMarked;
