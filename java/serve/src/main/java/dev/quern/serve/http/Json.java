package dev.quern.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes JSON objects. */
public final class Json {
  public static final String TYPE = "application/json";

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes the fields of an object. */
  public interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  public static byte[] object(Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is involved
    }
    return out.toByteArray();
  }

  public static String text(Content content) {
    return new String(object(content), StandardCharsets.UTF_8);
  }

  public static byte[] error(String text) {
    return object(json -> json.writeStringField("error", text));
  }
}
