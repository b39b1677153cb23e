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
 * Writes models as ONNX files for inference: batch normalization with its running statistics,
 * dropout as identity. Parameters are initializers under their dotted names, the last node of each
 * layer and its output have the layer's name, inputs and outputs keep their names. Weights of
 * quantized layers are int8 initializers, {@code NAME_quantized}, which a DequantizeLinear converts
 * to {@code NAME}. Values are {@code float32} {@code [N, C, H, W]}, as for {@link
 * dev.quern.predict.Model#predict}. Immutable and thread-safe.
 *
 * <p>The metadata has {@code classes}, the names of the first output's classes as a JSON array;
 * {@code tasks} and {@code preprocessing}, by output and input, and {@code detection}, as in a
 * saved model; and {@code provenance.KEY}.
 *
 * @param opset the version of ONNX's operators, from 13 to 23
 * @param activation whether outputs are their task's probabilities, by Softmax or Sigmoid; such an
 *     output is named {@code NAME.softmax} or {@code NAME.sigmoid}
 * @param preprocessing whether inputs are RGB pixels from 0 to 255, which the first nodes normalize
 *     by the model's mean and standard deviation; images must then have the network's size. Inputs
 *     with a mean for each feature are in the units of the training data instead
 * @param batchName name of a free batch dimension
 * @param batch the number of samples that the graph takes; 0 for any
 */
public record OnnxWriter(
    int opset, boolean activation, boolean preprocessing, String batchName, int batch) {
  private static final String OPERATION = "onnx";

  /**
   * @throws InvalidArgumentException if the opset is not one of those, the name empty or null, the
   *     batch below 0
   */
  public OnnxWriter {
    Opsets.require(opset);
    if (Require.present(OPERATION, "batch name", batchName).isBlank()) {
      throw new InvalidArgumentException("onnx: the batch's name is blank");
    }
    if (batch < 0) {
      throw new InvalidArgumentException("onnx: batch " + batch + " is below 0");
    }
  }

  /** Opset 17, outputs and inputs as the network has them, any batch. */
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
   * Writes a file completely or not at all, replacing an existing one. Equal models give equal
   * bytes.
   *
   * @throws InvalidArgumentException if layers have no ONNX form, such as custom layers, with all
   *     of them and the reasons in the message; or if the weights are more than the 2 GiB that a
   *     file holds
   * @throws dev.quern.error.NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if it cannot be written to
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
