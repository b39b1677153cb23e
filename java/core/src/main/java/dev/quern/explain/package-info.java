/** Interpretability of models by heat maps of images: Grad-CAM, saliency and occlusion. */
@NullMarked
package dev.quern.explain;

import org.jspecify.annotations.NullMarked;
