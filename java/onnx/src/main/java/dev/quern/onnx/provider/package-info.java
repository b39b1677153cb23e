/** Services that the core module finds through the service loader. */
@NullMarked
package dev.quern.onnx.provider;

import org.jspecify.annotations.NullMarked;
