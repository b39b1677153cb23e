/** Why a model answers as it does, as maps over a picture: Grad-CAM, saliency and occlusion. */
@NullMarked
package dev.quern.explain;

import org.jspecify.annotations.NullMarked;
