package dev.quern.io.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Optional;

/** The JSON form of an Optional in a record: its value, or null if it is empty. */
final class OptionalJson {
  private OptionalJson() {}

  static SimpleModule module() {
    return new SimpleModule("optional")
        .addSerializer(new Writer())
        .addDeserializer(Optional.class, new Reader(null));
  }

  private static final class Writer extends JsonSerializer<Optional<?>> {
    @Override
    @SuppressWarnings("unchecked") // a class has no type arguments
    public Class<Optional<?>> handledType() {
      return (Class<Optional<?>>) (Class<?>) Optional.class;
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider writers)
        throws IOException {
      writers.defaultSerializeValue(value.orElse(null), out);
    }
  }

  @SuppressWarnings("rawtypes") // Jackson passes a raw class
  private static final class Reader extends JsonDeserializer<Optional>
      implements ContextualDeserializer {
    private final JavaType content;

    Reader(JavaType contentOrNull) {
      this.content = contentOrNull;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext in, BeanProperty property) {
      return new Reader(in.getContextualType().containedTypeOrUnknown(0));
    }

    @Override
    public Optional deserialize(JsonParser from, DeserializationContext in) throws IOException {
      return Optional.ofNullable(in.readValue(from, content));
    }

    @Override
    public Optional getNullValue(DeserializationContext in) {
      return Optional.empty();
    }
  }
}
