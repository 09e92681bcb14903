// Says at once what the server would refuse after a long upload, and shows the photo that was chosen.
for (const box of document.querySelectorAll("[data-file]")) {
  const input = box.querySelector("input[type=file]");
  const said = document.createElement("p");
  said.className = "file__said";
  said.setAttribute("role", "status");
  box.append(said);
  input.addEventListener("change", () => {
    box.querySelector(".file__preview")?.remove();
    const most = Number(input.dataset.fileMax);
    const files = [...input.files];
    const large = files.find((file) => most && file.size > most);
    if (large) {
      said.textContent = `${large.name} terlalu besar (${megabytes(large.size)}). Paling besar ${megabytes(most)}. Kecilkan lalu pilih lagi.`;
      input.value = "";
      return;
    }
    said.textContent = files.map((file) => `${file.name} (${megabytes(file.size)})`).join(", ");
    if (files.length === 1 && files[0].type.startsWith("image/")) preview(box, files[0]);
  });
}

function megabytes(size) {
  const number = size >= 1048576 ? size / 1048576 : size / 1024;
  return `${number.toLocaleString("id-ID", { maximumFractionDigits: 1 })} ${size >= 1048576 ? "MB" : "KB"}`;
}

function preview(box, file) {
  const reader = new FileReader(); // a data: address; the policy for pictures allows it, and blob: it does not
  reader.addEventListener("load", () => {
    const picture = new Image();
    picture.className = "file__preview";
    picture.alt = "Foto yang dipilih";
    picture.src = reader.result;
    box.append(picture);
  });
  reader.readAsDataURL(file);
}
