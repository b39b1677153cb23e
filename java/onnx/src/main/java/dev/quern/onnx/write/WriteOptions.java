package dev.quern.onnx.write;

/**
 * The validated options of {@link dev.quern.onnx.OnnxWriter}.
 *
 * @param batch the batch size that the graph accepts; 0 for any
 */
public record WriteOptions(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {}
