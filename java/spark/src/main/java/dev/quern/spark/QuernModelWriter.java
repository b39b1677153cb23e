package dev.quern.spark;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** A writer that saves params in Spark's format, and a model file in the same folder. */
final class QuernModelWriter extends MLWriter {
  static final String FILE = "model.safetensors";

  private final QuernModel model;

  QuernModelWriter(QuernModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String folder) {
    DefaultParamsWriter.saveMetadata(model, folder, sparkSession(), Option.empty(), Option.empty());
    Path file = new Path(folder, FILE);
    try {
      FileSystem files = file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration());
      try (FSDataOutputStream out = files.create(file, true)) {
        out.write(ModelBytes.of(model.data()));
      }
    } catch (IOException e) {
      throw new dev.quern.error.FileAccessException("spark: " + file + ": " + e.getMessage(), e);
    }
  }
}
