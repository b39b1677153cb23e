package dev.quern.onnx.write;

/**
 * What {@link dev.quern.onnx.OnnxWriter} was asked for, checked.
 *
 * @param batch 0 for any
 */
public record WriteOptions(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {}
