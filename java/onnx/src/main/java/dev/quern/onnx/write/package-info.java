/** From a model to a file: how each layer becomes nodes. */
@NullMarked
package dev.quern.onnx.write;

import org.jspecify.annotations.NullMarked;
