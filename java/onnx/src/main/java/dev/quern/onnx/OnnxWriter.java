package dev.quern.onnx;

import com.google.protobuf.CodedOutputStream;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.write.ModelWriter;
import dev.quern.onnx.write.Opsets;
import dev.quern.onnx.write.WriteOptions;
import dev.quern.predict.ModelData;
import java.nio.file.Path;

/**
 * A writer of models as ONNX files for inference: batch normalization uses its running statistics,
 * and dropout becomes identity. Parameters become initializers under their dotted names. The last
 * node of each layer, and the output of that node, have the layer's name; the names of inputs and
 * outputs are unchanged. Weights of quantized layers become int8 initializers {@code
 * NAME_quantized}, which a DequantizeLinear converts to {@code NAME}. Inputs and outputs are {@code
 * float32} {@code [N, C, H, W]}, as for {@link dev.quern.predict.Model#predict}. Immutable and
 * thread-safe.
 *
 * <p>The metadata contains {@code classes}, the class names of the first output as a JSON array;
 * {@code tasks} by output, {@code preprocessing} by input and {@code detection}, as in a saved
 * model; and {@code provenance.KEY} for each key of the provenance.
 *
 * @param opset the version of ONNX's operators, from 13 to 23
 * @param activation whether a Softmax or Sigmoid, depending on the task, converts each output to
 *     probabilities; the converted output is named {@code NAME.softmax} or {@code NAME.sigmoid}
 * @param preprocessing whether the graph's first nodes normalize inputs by the model's mean and
 *     standard deviation. Inputs are then RGB pixels from 0 to 255, in images of the network's
 *     size, or feature vectors in the units of the training data if there is a mean for each
 *     feature
 * @param batchName the name of a dynamic batch dimension
 * @param batch the batch size that the graph accepts; 0 for any
 */
public record OnnxWriter(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {
  private static final String OPERATION = "onnx";

  /**
   * Checks the options.
   *
   * @throws InvalidArgumentException if the opset is outside [13, 23], the name is blank, or the
   *     batch is negative
   */
  public OnnxWriter {
    Opsets.require(opset);
    if (Require.present(OPERATION, "batch name", batchName).isBlank()) {
      throw new InvalidArgumentException("onnx: batchName must not be blank");
    }
    if (batch < 0) {
      throw new InvalidArgumentException("onnx: batch " + batch + " must be at least 0");
    }
  }

  /**
   * Creates a writer with default options: opset 17, any batch size, and inputs and outputs as in
   * the network.
   */
  public OnnxWriter() {
    this(Opsets.DEFAULT, false, false, "batch", 0);
  }

  public OnnxWriter opset(int version) {
    return new OnnxWriter(version, activation, preprocessing, batchName, batch);
  }

  public OnnxWriter activation(boolean a) {
    return new OnnxWriter(opset, a, preprocessing, batchName, batch);
  }

  public OnnxWriter preprocessing(boolean p) {
    return new OnnxWriter(opset, activation, p, batchName, batch);
  }

  public OnnxWriter batchName(String name) {
    return new OnnxWriter(opset, activation, preprocessing, name, batch);
  }

  public OnnxWriter batch(int samples) {
    return new OnnxWriter(opset, activation, preprocessing, batchName, samples);
  }

  /**
   * Writes a file atomically, replacing an existing one. Equal models produce identical files.
   *
   * @throws InvalidArgumentException if layers, such as custom layers, have no ONNX form (the
   *     message lists all of them with the reasons), or if the weights exceed the format's limit of
   *     2 GiB
   * @throws dev.quern.error.NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   * @throws dev.quern.error.MemoryLimitException if a second copy of the weights does not fit into
   *     the free part of the JVM's heap
   */
  public void save(ModelData model, Path file) {
    Require.present(OPERATION, "model", model);
    Require.present(OPERATION, "file", file);
    WriteOptions options = new WriteOptions(opset, activation, preprocessing, batchName, batch);
    ModelProto message =
        Heap.within(OPERATION + ": " + file, () -> ModelWriter.message(options, model));
    AtomicFile.write(
        OPERATION,
        file,
        out -> {
          CodedOutputStream coded = CodedOutputStream.newInstance(out);
          coded.useDeterministicSerialization();
          message.writeTo(coded);
          coded.flush();
        });
  }
}
