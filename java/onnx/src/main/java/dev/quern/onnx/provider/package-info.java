/** Services that core finds through the service loader. */
@NullMarked
package dev.quern.onnx.provider;

import org.jspecify.annotations.NullMarked;
