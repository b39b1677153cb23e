/**
 * Running graphs whose sizes depend on data: the nodes between networks are computed one by one.
 */
@org.jspecify.annotations.NullMarked
package dev.quern.onnx.run;
