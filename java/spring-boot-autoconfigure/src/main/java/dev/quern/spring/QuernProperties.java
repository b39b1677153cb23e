package dev.quern.spring;

import dev.quern.engine.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The configuration properties of Quern. A property that is not set has the default of the library.
 * For each entry of {@code quern.models}, the application gets a {@link
 * dev.quern.serve.BatchingModel} and a {@link dev.quern.predict.Model} as beans.
 *
 * <pre>{@code
 * quern.models.digits.path=/models/digits.safetensors
 * quern.models.digits.max-batch=16
 * }</pre>
 *
 * @param threads Number of threads of one prediction, for the whole process; by default the number
 *     of cores.
 * @param reloadInterval How often the model files are checked for changes; 0 turns reloading off.
 * @param models The models, by name. The name is the name of the bean and its qualifier.
 */
@ConfigurationProperties("quern")
public record QuernProperties(
    @Nullable Integer threads,
    @DefaultValue("1s") Duration reloadInterval,
    @DefaultValue Map<String, ModelProperties> models) {

  /**
   * The properties of one model.
   *
   * @param path Path of the model file: safetensors, or ONNX if quern-onnx is on the class path.
   *     Required.
   * @param precision Precision of convolutions; by default {@link Precision#DEFAULT}.
   * @param maxBatch Largest number of samples in a batch, from 1 to 65,536; default 32. With 1,
   *     batching is off.
   * @param maxDelay How long the first sample of a batch waits for further samples, from 0 to a
   *     day; default 300 microseconds.
   * @param queue Largest number of samples in the queue, from 1 to 65,536; default 256. Further
   *     requests fail with an {@link dev.quern.serve.OverloadedException}.
   */
  public record ModelProperties(
      @Nullable Path path,
      @Nullable Precision precision,
      @Nullable Integer maxBatch,
      @Nullable Duration maxDelay,
      @Nullable Integer queue) {}
}
