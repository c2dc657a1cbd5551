"""Messages from a file: one draft, or a library of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from messages.services.libraries import MAX_LIBRARY_BYTES
from messages.services.message_files import MAX_FILE_BYTES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class DraftFileForm(forms.Form):
    most_bytes: ClassVar[int] = MAX_FILE_BYTES
    too_large: ClassVar[_StrOrPromise] = _("This file is larger than 1 MB. No message is.")

    file = forms.FileField(
        label=_("JSON file"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > self.most_bytes:
            raise forms.ValidationError(self.too_large)
        return file


class LibraryFileForm(DraftFileForm):
    most_bytes = MAX_LIBRARY_BYTES
    too_large = _("This file is larger than 20 MB. Import it in parts.")
