package dev.quern.onnx.write;

/**
 * The options of {@link dev.quern.onnx.OnnxWriter}, validated.
 *
 * @param batch samples that the graph takes; 0 for any number
 */
public record WriteOptions(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {}
