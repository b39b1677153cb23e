/** Interpretability of models by maps over an image: Grad-CAM, saliency and occlusion. */
@NullMarked
package dev.quern.explain;

import org.jspecify.annotations.NullMarked;
