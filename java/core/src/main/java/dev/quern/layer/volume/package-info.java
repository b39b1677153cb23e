/** Layers of volumes, {@code [C, D, H, W]}, such as videos: convolution, pooling, normalization. */
@NullMarked
package dev.quern.layer.volume;

import org.jspecify.annotations.NullMarked;
