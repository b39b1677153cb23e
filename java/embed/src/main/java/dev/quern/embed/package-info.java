/** Image embeddings: vectors that are close to each other for similar images. */
@NullMarked
package dev.quern.embed;

import org.jspecify.annotations.NullMarked;
