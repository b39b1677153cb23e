package dev.quern.onnx.write;

/**
 * The options of {@link dev.quern.onnx.OnnxWriter}, validated.
 *
 * @param batch the batch size that the graph accepts; 0 for any
 */
public record WriteOptions(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {}
