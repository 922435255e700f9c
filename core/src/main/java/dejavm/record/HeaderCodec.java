package dejavm.record;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The payload of the header frame: a CBOR map; keys that are not known are skipped. */
final class HeaderCodec {
  private HeaderCodec() {}

  static byte[] encode(RecordingHeader header) {
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    map.put("semantics", (long) header.semantics());
    map.put("boundary", header.boundary() == Boundary.MACHINE ? "machine" : "cpu");
    map.put("configuration", header.configuration());
    List<Object> images = new ArrayList<>();
    for (Image image : header.images()) {
      SequencedMap<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", image.name());
      entry.put("length", image.length());
      entry.put("sha256", HexFormat.of().parseHex(image.sha256()));
      images.add(entry);
    }
    map.put("images", images);
    map.put("note", header.note());
    BytesOut out = new BytesOut();
    Cbor.write(out, map);
    return out.toByteArray();
  }

  static RecordingHeader decode(BytesIn in) {
    try {
      Map<?, ?> map = (Map<?, ?>) Cbor.read(in);
      in.end();
      SequencedMap<String, String> configuration = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry :
          ((SequencedMap<?, ?>) map.get("configuration")).sequencedEntrySet()) {
        configuration.put((String) entry.getKey(), (String) entry.getValue());
      }
      List<Image> images = new ArrayList<>();
      for (Object each : (List<?>) map.get("images")) {
        Map<?, ?> image = (Map<?, ?>) each;
        images.add(
            new Image(
                (String) image.get("name"),
                (Long) image.get("length"),
                HexFormat.of().formatHex((byte[]) image.get("sha256"))));
      }
      return new RecordingHeader(
          Math.toIntExact((Long) map.get("semantics")),
          boundary(in, (String) map.get("boundary")),
          configuration,
          images,
          (String) map.get("note"));
    } catch (ClassCastException
        | NullPointerException
        | IllegalArgumentException
        | ArithmeticException e) {
      throw in.damaged("the header lacks a field or has one of the wrong type");
    }
  }

  private static Boundary boundary(BytesIn in, String name) {
    return switch (name) {
      case "machine" -> Boundary.MACHINE;
      case "cpu" -> Boundary.CPU;
      default -> throw in.damaged("boundary '" + name + "' is unknown");
    };
  }
}
