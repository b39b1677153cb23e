/** Profiling of a step by layer and operator. */
@NullMarked
package dev.quern.profile;

import org.jspecify.annotations.NullMarked;
