package dev.quern.spark;

import dev.quern.error.FileAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/** A reader of the folders that {@link QuernModelWriter} saves. */
final class QuernModelReader extends MLReader<QuernModel> {
  @Override
  public QuernModel load(String folder) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader.loadMetadata(folder, sparkSession(), QuernModel.class.getName());
    Path file = new Path(folder, QuernModelWriter.FILE);
    QuernModel model =
        new QuernModel(metadata.uid(), ModelBytes.read(bytes(file)), Optional.empty());
    metadata.getAndSetParams(model, Option.empty());
    return model;
  }

  private byte[] bytes(Path file) {
    try {
      FileSystem files = file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration());
      try (InputStream in = files.open(file)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new FileAccessException("spark: " + file + ": " + e.getMessage(), e);
    }
  }
}
